/** The URL without user, password, query and fragment: the only form that may be shown. */
export function redactUrl(url: string | URL): string {
  const text = String(url);
  if (!text.includes('://') || !URL.canParse(text)) return text.replace(/[^/]*@/, '').replace(/[?#].*$/, '');
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  shown.search = '';
  shown.hash = '';
  return shown.href;
}
