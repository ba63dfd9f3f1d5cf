/** A forecast document that another program writes to a file. Write it beside and rename it: half a document is refused. */
import type { ForecastSource } from '../../ports.ts';
import { DOCUMENT_BYTES_MAX, forecastsFrom } from './document.ts';
import type { FileReader } from './read-file.ts';

export function fileSource(path: string, files: FileReader, about?: readonly string[]): ForecastSource {
  return {
    stamp: () => files.stamp(path),
    async read(now) {
      return forecastsFrom((await files.read(path, DOCUMENT_BYTES_MAX)).toString('utf8'), now, about);
    },
  };
}
