// A file on a hub, as the catalogue names it.

/** A file that the hub answers at `/<repository>/resolve/<revision>/<file>`. */
export interface RemoteSource {
  /** Origin of the hub; always https. */
  hub: string;
  repository: string;
  /** Tried in order: a hub that does not know a short revision may know the next. */
  revisions: string[];
  file: string;
  /** SHA-256 of the whole file. Where it is not known, the hub's own word is recorded and checked from then on. */
  sha256?: string | undefined;
}
