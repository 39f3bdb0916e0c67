/** A browser: cookies by host, redirects followed, forms of the provider's own pages filled in. */
export function openBrowser() {
  const jars = new Map<string, Map<string, string>>();
  const jarOf = (url: string) => {
    const { host } = new URL(url);
    if (!jars.has(host)) jars.set(host, new Map());
    return jars.get(host)!;
  };
  async function ask(url: string, init: RequestInit = {}): Promise<{ response: Response; url: string; text: string }> {
    const jar = jarOf(url);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { ...init, redirect: 'manual', headers: { ...init.headers, cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';', 1);
      const at = pair.indexOf('=');
      if (pair.slice(at + 1) === '') jar.delete(pair.slice(0, at));
      else jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    const to = response.headers.get('location');
    if (to !== null) return ask(new URL(to, url).href);
    return { response, url, text: await response.text() };
  }
  async function submit(url: string, fields: Record<string, string>) {
    return ask(url, { method: 'POST', body: new URLSearchParams(fields) });
  }
  return {
    ask,
    jarOf,
    /** Answers the page that the browser ends up with. */
    async signIn(api: string, login: string, returnTo = '/') {
      let page = await ask(`${api}/auth/sign-in?returnTo=${encodeURIComponent(returnTo)}`);
      for (let step = 0; step < 3 && page.url.includes('/interaction/'); step++) {
        const prompt = page.text.includes('value="login"') ? 'login' : 'consent';
        page = await submit(page.url, prompt === 'login' ? { prompt, login, password: 'x' } : { prompt });
      }
      return page;
    },
    async me(api: string) {
      const { response, text } = await ask(`${api}/api/v1/me`);
      return { status: response.status, body: JSON.parse(text) };
    },
  };
}
