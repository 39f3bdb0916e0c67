/** Whether somebody is signed in: without, the page has nothing to show, and the provider is asked. */

const ME_PATH = '/api/v1/me';
const SIGN_IN_PATH = '/auth/sign-in';

/** Goes to sign in where the program does not know who asks. While it does not answer, the page stays as it is. */
export async function signInWhereUnknown(): Promise<void> {
  try {
    const { status } = await fetch(ME_PATH);
    if (status === 401) location.assign(SIGN_IN_PATH);
  } catch {
    // Not reached: the connection bar says so.
  }
}
