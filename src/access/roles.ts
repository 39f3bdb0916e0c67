/** The roles that a sign-in or a token may give. A principal may have several; each adds, none takes away. */
export const ROLES = [
  'supervisor',
  'sergeant',
  'officer',
  'administrator',
  'auditor',
  'probation',
  'supplier',
  'service',
] as const;
export type Role = (typeof ROLES)[number];

export const isRole = (text: string): text is Role => (ROLES as readonly string[]).includes(text);
