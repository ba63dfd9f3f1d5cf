/**
 * The two packages that a queue needs and kmm does not bring along: BullMQ wants an install script for a part that it works
 * without, and whoever trades has no use for either. They are loaded by name when a queue is asked for, and only what is
 * used of them is described here, so that kmm compiles without them.
 */
import { QueueProblem } from './problem.ts';

/** One connection to Redis (ioredis). */
export interface RedisClient {
  connect(): Promise<void>;
  duplicate(options?: Readonly<Record<string, unknown>>): RedisClient;
  info(section: string): Promise<string>;
  disconnect(): void;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'ready' | 'close' | 'end', listener: () => void): unknown;
  readonly status: string;
}

export interface BullJob {
  readonly id?: string;
  readonly data: unknown;
  readonly returnvalue: unknown;
  readonly failedReason?: string;
  retry(state: 'failed', options: { readonly resetAttemptsMade: boolean }): Promise<void>;
}

export interface BullQueue {
  add(name: string, data: unknown, options: Readonly<Record<string, unknown>>): Promise<BullJob>;
  getJob(id: string): Promise<BullJob | undefined>;
  /** `unknown`: it is not there. */
  getJobState(id: string): Promise<string>;
  getWorkersCount(): Promise<number>;
  /** 1 when it was there and nobody worked on it. */
  remove(id: string): Promise<number>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(): Promise<void>;
}

export interface BullQueueEvents {
  on(event: 'completed', listener: (args: { readonly jobId: string; readonly returnvalue: unknown }) => void): unknown;
  on(event: 'failed', listener: (args: { readonly jobId: string; readonly failedReason: string }) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
}

export interface BullWorker {
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'stalled', listener: (id: string) => void): unknown;
  waitUntilReady(): Promise<unknown>;
  close(isForced?: boolean): Promise<void>;
}

export interface QueuePackages {
  readonly Queue: new (name: string, options: Readonly<Record<string, unknown>>) => BullQueue;
  readonly QueueEvents: new (name: string, options: Readonly<Record<string, unknown>>) => BullQueueEvents;
  readonly Worker: new (
    name: string,
    processor: (job: BullJob) => Promise<unknown>,
    options: Readonly<Record<string, unknown>>,
  ) => BullWorker;
  readonly Redis: new (options: Readonly<Record<string, unknown>>) => RedisClient;
}

/** `install`: the command that brings them, for whoever lacks them. Problem: KMM_QUEUE_PACKAGE. */
export async function loadQueuePackages(install: string, load = named): Promise<QueuePackages | QueueProblem> {
  const bull = await load('bullmq');
  const redis = await load('ioredis');
  if (bull === undefined || redis === undefined) {
    const missing = [bull === undefined ? 'bullmq' : '', redis === undefined ? 'ioredis' : '']
      .filter(Boolean)
      .join(' and ');
    return new QueueProblem('KMM_QUEUE_PACKAGE', `${missing} cannot be loaded; ${install}`);
  }
  return { Queue: bull.Queue, QueueEvents: bull.QueueEvents, Worker: bull.Worker, Redis: redis.Redis } as QueuePackages;
}

/** Undefined when it is not installed. */
async function named(name: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const module: Readonly<Record<string, unknown>> = await import(name);
    return module;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}
