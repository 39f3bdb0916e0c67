/** Signs in as one of the demonstration's people, as a browser does: by redirects, cookies and the page on which one chooses. */

const MOST_STEPS = 10;

/** Answers the cookie of the session at `programUrl`. Rejects where the sign-in does not end there. */
export async function signInAs(programUrl: string, personId: string): Promise<string> {
  const jars = new Map<string, Map<string, string>>();
  const jarOf = (url: string): Map<string, string> => {
    const { host } = new URL(url);
    const jar = jars.get(host) ?? new Map<string, string>();
    jars.set(host, jar);
    return jar;
  };
  const cookieOf = (url: string) => [...jarOf(url)].map(([name, value]) => `${name}=${value}`).join('; ');
  let url = `${programUrl}/auth/sign-in`;
  let form: URLSearchParams | null = null;
  for (let step = 0; step < MOST_STEPS; step++) {
    const answer: Response = await fetch(url, {
      method: form === null ? 'GET' : 'POST',
      redirect: 'manual',
      headers: { cookie: cookieOf(url) },
      ...(form === null ? {} : { body: form }),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';', 1);
      const at = pair.indexOf('=');
      if (at + 1 === pair.length) jarOf(url).delete(pair.slice(0, at));
      else jarOf(url).set(pair.slice(0, at), pair.slice(at + 1));
    }
    await answer.arrayBuffer();
    const to = answer.headers.get('location');
    form = null;
    if (to !== null) url = new URL(to, url).href;
    else if (answer.ok && new URL(url).pathname.startsWith('/choose/'))
      form = new URLSearchParams({ person: personId });
    else if (answer.ok && url.startsWith(`${programUrl}/`)) return cookieOf(programUrl);
    else throw new Error(`signing in as ${personId} ended at ${new URL(url).pathname} with ${answer.status}`);
  }
  throw new Error(`signing in as ${personId} did not end in ${MOST_STEPS} steps`);
}
