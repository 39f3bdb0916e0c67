/**
 * Which of the media types that an endpoint has a client wants (RFC 9110, 12.5.1). The package `accepts` is not used, because it
 * refuses `text/csv; charset=utf-8` where `text/csv` is offered, and an empty `Accept`.
 */

/** The offered type of the highest quality, the first of equal ones; null where none is acceptable. No `Accept`: the first. */
export function negotiate<T extends string>(accept: string | undefined, offered: readonly T[]): T | null {
  if (accept === undefined || accept.trim() === '') return offered[0] ?? null;
  const ranges = accept
    .toLowerCase()
    .split(',')
    .map((range) => {
      const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
      const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
      return { type, quality: quality === undefined ? 1 : Number(quality) || 0 };
    });
  let best: { readonly type: T; readonly quality: number } | null = null;
  for (const type of offered) {
    // The most precise range that matches decides about a type.
    const fitting = [type, `${type.split('/')[0]}/*`, '*/*'].flatMap(
      (range) => ranges.find((one) => one.type === range) ?? [],
    );
    const quality = fitting[0]?.quality ?? 0;
    if (quality > (best?.quality ?? 0)) best = { type, quality };
  }
  return best?.type ?? null;
}
