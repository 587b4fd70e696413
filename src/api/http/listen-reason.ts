/** Why an address cannot be listened on, in words that lead on where there are any. */
export function listenReason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return 'it is in use, by another Fairlead perhaps; name another with --listen';
  if (code === 'EADDRNOTAVAIL') return 'this machine has no such address; name another with --listen';
  if (code === 'EACCES') return 'permission denied; ports below 1024 belong to root; name another with --listen';
  return error instanceof Error ? error.message : String(error);
}
