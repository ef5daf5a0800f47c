/** Two letters as the platform tells; empty where it does not. */
export function countryOf({ cf }: Request): string {
  const country = cf?.country;
  return typeof country === 'string' && /^[A-Z][A-Z0-9]$/.test(country) ? country : '';
}
