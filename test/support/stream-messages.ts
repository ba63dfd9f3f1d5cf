import type { Frame } from './sim-client.ts';

/** The name under which the description keeps the message of a frame's type. */
export function messageNameOf({ type, msg }: Frame): string {
  if (type === 'ok') return Array.isArray(msg) ? 'listSubscriptionsResponse' : 'okResponse';
  if (type === 'subscribed' || type === 'unsubscribed' || type === 'error') return `${type}Response`;
  return MESSAGE_NAMES[type] ?? type.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Those whose names are not their types in another spelling. */
const MESSAGE_NAMES: Readonly<Record<string, string>> = {
  cfbenchmarks_value_indexlist: 'cfbenchmarksIndexList',
  cfbenchmarks_value_5hz: 'cfbenchmarksValue5Hz',
  cfbenchmarks_value_5hz_indexlist: 'cfbenchmarks5HzIndexList',
  pyth_value_underlying_list: 'pythUnderlyingList',
};
