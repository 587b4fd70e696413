/** Asks again until the answer is no longer undefined or false; rejects, naming what it waited for, after 20 s. */
export async function waitFor<T>(what: string, ask: () => Promise<T | undefined | false>): Promise<T> {
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`waited 20 s for ${what}`);
}
