/** The sources of a configuration, ready to be asked. Refuses a fair value that is to come from a source that is not there. */
import { isOnnxInstalled } from '../../adapters/sources/onnx-runtime.ts';
import { LIVE_FILES, VIRTUAL_FILES } from '../../adapters/sources/read-file.ts';
import type { FairSource } from '../../core/parameters.ts';
import type { Configuration } from '../config/config.ts';
import { KmmError } from '../errors/errors.ts';
import { sourceOf } from './source-of.ts';
import type { NamedSource } from './source-watch.ts';

/** `isVirtual`: time does not wait for a disk. Throws KMM_SOURCE_UNKNOWN, KMM_SOURCE_PACKAGE. */
export function configuredSources(
  { sources, parameters }: Pick<Configuration, 'sources' | 'parameters'>,
  isVirtual = false,
): readonly NamedSource[] {
  const names = new Set(sources.map(({ name }) => name));
  const wanted = [parameters.fair, ...Object.values(parameters.fairBySeries ?? {})].flatMap(modelsOf);
  const missing = wanted.find((name) => !names.has(name));
  if (missing !== undefined) {
    const known = names.size === 0 ? 'no source is configured' : `configured are ${[...names].join(', ')}`;
    throw new KmmError('KMM_SOURCE_UNKNOWN', `forecast:${missing} names no [sources.${missing}]: ${known}`);
  }
  const needing = sources.find(({ kind }) => kind === 'onnx');
  if (needing !== undefined && !isOnnxInstalled()) {
    throw new KmmError(
      'KMM_SOURCE_PACKAGE',
      `[sources.${needing.name}] needs onnxruntime-node, which is not installed`,
    );
  }
  const files = isVirtual ? VIRTUAL_FILES : LIVE_FILES;
  return sources.map((settings) => {
    const { name, kind, refreshMs, about } = settings;
    return { name, kind, refreshMs, source: sourceOf(settings, files), ...(about !== undefined && { about }) };
  });
}

function modelsOf(source: FairSource): readonly string[] {
  if (source.kind === 'forecast') return [source.model];
  return source.kind === 'blend' ? modelsOf(source.model) : [];
}
