/**
 * The hours of the exchange, in New York's wall time by weekday, and its announced maintenance. A day may have several
 * sessions: Thursday stops from 03:00 to 05:00 (kalshi/api.md 6.5).
 */
import * as z from 'zod';
import { time } from './fields.ts';

export type ExchangeSchedule = z.infer<typeof scheduleSchema>;

/** Minutes since midnight. A close of 00:00 is the end of the day. */
const minutes = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)));

const sessionSchema = z
  .object({ open_time: minutes, close_time: minutes })
  .transform((raw) => ({ opensMinutes: raw.open_time, closesMinutes: raw.close_time === 0 ? 1_440 : raw.close_time }));

const sessions = z.array(sessionSchema);

const weekSchema = z
  .object({
    start_time: time,
    end_time: time,
    monday: sessions,
    tuesday: sessions,
    wednesday: sessions,
    thursday: sessions,
    friday: sessions,
    saturday: sessions,
    sunday: sessions,
  })
  .transform(({ start_time, end_time, ...days }) => ({ since: start_time, until: end_time, days }));

const windowSchema = z
  .object({ start_datetime: time, end_datetime: time })
  .transform((raw) => ({ since: raw.start_datetime, until: raw.end_datetime }));

export const scheduleSchema = z
  .object({ schedule: z.object({ standard_hours: z.array(weekSchema), maintenance_windows: z.array(windowSchema) }) })
  .transform(({ schedule }) => ({ weeks: schedule.standard_hours, maintenance: schedule.maintenance_windows }));
