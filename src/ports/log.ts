/** Where the program says what happens: pino's shape. `error` means that somebody must act. Ids only, no personal data. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
