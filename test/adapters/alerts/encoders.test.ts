/** What each channel is sent: within its limits, mentioning nobody, with no markup of a stranger's, whatever the text. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { discordBody } from '../../../src/lib/adapters/alerts/discord.ts';
import { type AlertMessage, fittedBytes } from '../../../src/lib/adapters/alerts/message.ts';
import { ntfyBody } from '../../../src/lib/adapters/alerts/ntfy.ts';
import { slackBody } from '../../../src/lib/adapters/alerts/slack.ts';
import { webhookBody } from '../../../src/lib/adapters/alerts/webhook.ts';
import { messageOf, withoutBalances } from '../../../src/lib/app/alerts/message-of.ts';
import type { Priority } from '../../../src/lib/core/alerts/condition.ts';
import type { Waiting } from '../../../src/lib/core/alerts/delivery.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { HOSTILE, unsafeIn } from '../../support/hostile-text.ts';
import type { Json } from '../../support/sim-client.ts';

const AT = epochMs(Date.UTC(2026, 10, 20, 19, 3, 22));
const HOOK = 'https://discord.com/api/webhooks/1/abc';
const NASTY = `@everyone @here <!everyone> <@123> <#1> [click](http://evil.example) *b* _i_ ~s~ \`c\` > q | || x ${HOSTILE}`;

function alert(text: string, more: Partial<Waiting> = {}): Waiting {
  return { id: 7, key: 'halt LOSS_DAY *', priority: 'critical', change: 'raised', text, at: AT, attempts: 0, ...more };
}

function message(...alerts: readonly Waiting[]): AlertMessage {
  return messageOf(alerts, 'prod', { hasBalances: true });
}

const json = ({ json: text }: { readonly json: string }): Json => JSON.parse(text);
const discord = (of: AlertMessage) => json(discordBody(of, HOOK));
const slack = (of: AlertMessage) => json(slackBody(of, 'https://hooks.slack.com/services/T/B/x'));
const ntfy = (of: AlertMessage) => json(ntfyBody(of, 'https://ntfy.sh/topic'));
const webhook = (of: AlertMessage) => json(webhookBody(of, 'https://example.org/hook'));

describe('a message', () => {
  it('says environment, priority, key, text and the time in New York', () => {
    const { title, lines, priority } = message(alert('$41 lost of $50'));
    expect([priority, title, ...lines]).toEqual([
      'critical',
      'kmm PROD critical: halt LOSS_DAY *',
      '$41 lost of $50 (14:03:22 ET)',
    ]);
  });

  it('says what is over and what comes again and again, and in a digest how loud each is', () => {
    expect(message(alert('x', { change: 'cleared' })).title).toBe('kmm PROD critical: over: halt LOSS_DAY *');
    const { title, lines } = message(
      alert('a', { priority: 'low' }),
      alert('b', { priority: 'high', change: 'digest' }),
    );
    expect(title).toBe('kmm PROD high: 2 alerts');
    expect(lines).toEqual(['low a (14:03:22 ET)', 'high again and again: b (14:03:22 ET)']);
  });

  it('carries no balance unless it is asked to; a loss and a limit are none', () => {
    const cash = 'cash differs: shard 0: ours $1,234.560000, theirs $-0.10; 3 orders may rest';
    const loss = '$41.00 lost today of $50.00, above 80 %';
    expect(withoutBalances(cash)).toBe('cash differs: shard 0: ours $…, theirs $…; 3 orders may rest');
    expect(withoutBalances(loss)).toBe(loss);
    expect(messageOf([alert(cash)], 'prod', { hasBalances: false }).lines[0]).not.toContain('1,234');
    expect(message(alert(cash)).lines[0]).toContain('$1,234.560000');
  });

  it('holds no sign that hides, turns or obeys, and no link to click, in any channel (F43)', () => {
    const hostile = message(alert(NASTY, { key: `feed ${NASTY}` }), alert(NASTY));
    for (const body of [discord(hostile), slack(hostile), ntfy(hostile), webhook(hostile)]) {
      const text = JSON.stringify(body).replaceAll('\\n', ' ');
      expect(unsafeIn(text)).toEqual([]);
      expect(text).not.toMatch(/https?:\/\//);
    }
  });
});

describe('for Discord', () => {
  it('is an embed in the colour of its priority that mentions nobody, and is answered when it was taken', () => {
    const body = discordBody(message(alert('text')), HOOK);
    expect(body.address).toBe(`${HOOK}?wait=true`);
    expect(json(body)).toEqual({
      embeds: [
        {
          title: 'kmm PROD critical: halt LOSS\\_DAY \\*',
          description: 'text (14:03:22 ET)',
          color: 0xd32f2f,
          timestamp: '2026-11-20T19:03:22.000Z',
        },
      ],
      allowed_mentions: { parse: [] },
    });
  });

  it('escapes every sign of Markdown, and what begins a line only there', () => {
    const written = (text: string) => discord(message(alert(text))).embeds[0].description.replace(/ \(14.*/, '');
    expect(written('*a* _b_ ~c~ `d` |e| <@1> [f](g) \\')).toBe(
      '\\*a\\* \\_b\\_ \\~c\\~ \\`d\\` \\|e\\| \\<\\@1\\> \\[f\\](g) \\\\',
    );
    expect(written('# head')).toBe('\\# head');
    expect(written('- item KX-1')).toBe('\\- item KX-1');
    expect(written('1. item')).toBe('1\\. item');
  });
});

describe('for Slack', () => {
  it('has a bar in the colour, no markup, no previews, and no sign that begins a link or a mention', () => {
    const body = slack(message(alert('<!channel> & <http://x|y>', { priority: 'high' })));
    expect(body).toMatchObject({
      ...{ text: 'kmm PROD high: halt LOSS_DAY *', mrkdwn: false, link_names: false, unfurl_links: false },
      attachments: [{ color: '#f57c00', mrkdwn_in: [], ts: AT / 1_000 }],
    });
    expect(body.attachments[0].text).toBe('&lt;!channel&gt; &amp; &lt;http: //x|y&gt; (14:03:22 ET)');
  });
});

describe('for ntfy', () => {
  it('goes to the root as JSON, with priority and tags; the topic is the last part of the address', () => {
    const body = ntfyBody(message(alert('text')), 'https://ntfy.example.org/base/my%20topic', 'tk_1');
    expect([body.address, body.headers]).toEqual(['https://ntfy.example.org/base', { authorization: 'Bearer tk_1' }]);
    expect(json(body)).toEqual({
      ...{ topic: 'my topic', title: 'kmm PROD critical: halt LOSS_DAY *', message: 'text (14:03:22 ET)' },
      ...{ priority: 5, tags: ['rotating_light', 'kmm-prod'], markdown: false },
    });
    const priorities = (['critical', 'high', 'medium', 'low'] as Priority[]).map(
      (priority) => ntfy(message(alert('t', { priority }))).priority,
    );
    expect(priorities).toEqual([5, 4, 3, 2]);
  });

  it('is cut by bytes, never within a sign', () => {
    expect(fittedBytes('ab', 2)).toBe('ab');
    expect(fittedBytes('ééé', 5)).toBe('é…');
    expect(fittedBytes('😀😀', 7)).toBe('😀…');
  });
});

describe('for a webhook of one’s own', () => {
  it('has every alert with its id, and the same name whoever sends it again', () => {
    const body = webhookBody(message(alert('a'), alert('b', { id: 8 })), 'https://example.org/hook', 'token');
    expect(body.headers).toEqual({ 'idempotency-key': 'kmm-prod-7.8', authorization: 'Bearer token' });
    expect(json(body)).toMatchObject({ type: 'alerts', schemaVersion: 1, env: 'prod', priority: 'critical' });
    expect(json(body).alerts).toMatchObject([
      { id: 7, key: 'halt LOSS_DAY *', change: 'raised', text: 'a', at: '2026-11-20T19:03:22.000Z' },
      { id: 8, text: 'b' },
    ]);
  });
});

it('every channel keeps its limits, however long and however many the texts are (property)', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 100 }),
    fc.constantFrom('*'.repeat(9_000), '&'.repeat(9_000), '😀'.repeat(5_000), NASTY, ''),
  );
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 20 }), (texts) => {
      const many = message(...texts.map((one, id) => alert(one, { id, key: `k ${one.slice(0, 400)}` })));
      const [embed] = discord(many).embeds;
      expect(embed.title.length).toBeLessThanOrEqual(256);
      expect(embed.description.length).toBeLessThanOrEqual(4_096);
      const [attachment] = slack(many).attachments;
      expect(attachment.text.length).toBeLessThanOrEqual(3_000);
      expect(Buffer.byteLength(ntfy(many).message)).toBeLessThanOrEqual(4_096);
      expect(webhook(many).alerts).toHaveLength(texts.length);
      if (embed.description.split('\n').length < texts.length)
        expect(embed.description).toContain('more: kmm alert list');
    }),
    { numRuns: 20 },
  );
});
