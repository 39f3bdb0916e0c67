/** The provider does not answer, or not as one does. */
export class ProviderUnavailable extends Error {
  override readonly name = 'ProviderUnavailable';
}
