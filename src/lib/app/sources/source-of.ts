/** The source that a table of the configuration describes. Nothing is read yet. */

import { readPrivate } from '../../adapters/kalshi/key-file.ts';
import { fileSource } from '../../adapters/sources/file-source.ts';
import { httpSource } from '../../adapters/sources/http-source.ts';
import { onnxSource } from '../../adapters/sources/onnx-source.ts';
import type { FileReader } from '../../adapters/sources/read-file.ts';
import { SourceProblem } from '../../core/reference/source-problem.ts';
import type { ForecastSource } from '../../ports.ts';
import type { SourceSettings } from '../config/sources.ts';
import { keeperOf } from '../keys/credentials.ts';
import { Secret } from '../keys/secret.ts';
import { referenceSource } from './reference-source.ts';

export function sourceOf(settings: SourceSettings, files: FileReader): ForecastSource {
  const { about } = settings;
  switch (settings.kind) {
    case 'file':
      return fileSource(settings.path, files, about);
    case 'http': {
      const { url, tokenFile } = settings;
      return httpSource({
        url,
        ...(tokenFile !== undefined && { token: () => tokenIn(tokenFile) }),
        ...(about !== undefined && { about }),
      });
    }
    case 'onnx':
      return onnxSource({ ...settings, files });
    case 'tsa':
    case 'weather':
    case 'cpi':
      return referenceSource(settings, files);
    default:
      return settings satisfies never;
  }
}

/** Known to this process as a secret from then on. Throws SourceProblem. */
function tokenIn(file: string): string {
  const read = readPrivate(file, keeperOf(file));
  if (!read.ok) throw new SourceProblem('source_token', read.error.message.replace(/\.$/, ''));
  const token = read.text.trim();
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new SourceProblem('source_token', `${file} does not hold one line and nothing else`);
  }
  return new Secret(token).reveal();
}
