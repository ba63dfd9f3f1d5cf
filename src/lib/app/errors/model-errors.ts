/** The rows of the catalogue about fitted models. */
import { type CatalogueEntry, NOTHING_SENT } from './error-entry.ts';
import { EXIT } from './exit-codes.ts';

export const MODEL_ERRORS = {
  KMM_MODEL_DATA: {
    exit: EXIT.usage,
    title:
      'nothing can be fitted on this data: too little of it, of several series at once, or no orders that can be read',
    position: NOTHING_SENT,
    next: ['name more recordings with --data', 'kmm model fit fills --help', 'kmm model fit latency --help'],
  },
  KMM_MODEL_FILE: {
    exit: EXIT.usage,
    title: 'the file is no fitted model, is damaged, or holds a number that is none',
    position: NOTHING_SENT,
    next: ['kmm model list', 'fit it again with kmm model fit fills'],
  },
  KMM_MODEL_NEWER: {
    exit: EXIT.usage,
    title: 'the model was fitted by a newer kmm in a form that this one does not read',
    position: NOTHING_SENT,
    next: ['upgrade kmm', 'fit it again with this kmm'],
  },
  KMM_MODEL_OLD: {
    exit: EXIT.usage,
    title: 'the model was fitted longer ago than models are believed: takers and queues may have changed since',
    position: NOTHING_SENT,
    next: ['kmm model list', 'fit it again with kmm model fit fills'],
  },
  KMM_SOURCE_UNKNOWN: {
    exit: EXIT.usage,
    title: 'a fair value is to come from a source of forecasts that the configuration does not have',
    position: NOTHING_SENT,
    next: ['kmm model sources', 'add its table [sources.NAME]: docs/forecasts.md', 'kmm config show --origin'],
  },
  KMM_SOURCE_PACKAGE: {
    exit: EXIT.usage,
    title: 'a source of kind onnx is configured, and the package that runs such models is not installed',
    position: NOTHING_SENT,
    next: ['npm install onnxruntime-node@1.30.0', 'take the source out of the configuration'],
  },
  KMM_MODEL_SERIES: {
    exit: EXIT.usage,
    title: 'the model was fitted on another series than the one that it is asked for',
    position: NOTHING_SENT,
    next: ['kmm model list', 'fit one on recordings of this series'],
  },
  KMM_MODEL_WORSE: {
    exit: EXIT.usage,
    title:
      'on markets it was not fitted on, the blend did significantly worse than the market alone: it is not written',
    position: NOTHING_SENT,
    next: ['quote from the book (fair.source = "micro")', 'name more recordings with --data', 'kmm model score --help'],
  },
  KMM_MODEL_MISSING: {
    exit: EXIT.usage,
    title:
      'fair.source names a fitted blend, and none was fitted for this series here, or it is too old to be believed',
    position: 'no session was started; orders of a session that runs are as they were',
    next: ['kmm model list', 'kmm model fit blend --help', 'or state a weight: blend:0.2:average'],
  },
} as const satisfies Readonly<Record<string, CatalogueEntry>>;
