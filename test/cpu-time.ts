/**
 * The CPU time this process spends on some work, in ms: a bound on it holds on a machine that has much else to do,
 * where one on the time that goes by does not.
 */
export async function cpuMsOf(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
