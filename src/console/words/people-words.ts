/** People by what their subject says of them: `https://sign-in.example#sam` is `sam`. Pure. */

/** The part behind the issuer, which is the same for everybody of a force; `local` and `tagwatch` as they are. */
export function personWords(subjectId: string): string {
  const name = subjectId.slice(subjectId.lastIndexOf('#') + 1);
  return name === '' ? subjectId : name;
}
