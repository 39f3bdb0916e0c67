/** Which kinds of record a CSV may list (`POST /record-files/read`). */
export const FILE_KINDS = ['wearer', 'order', 'activation', 'absence', 'membership'] as const;
export type FileKind = (typeof FILE_KINDS)[number];
