/** A data directory on a small file system of its own, which can be filled, or fail under whoever writes. Linux, and root. */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeFileSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';

export interface SmallDisk {
  /** Leaves so many bytes. */
  fill(leavingBytes: number): void;
  free(): void;
  /** As after an error of the device: read-only at once, whatever is open. */
  fail(): void;
  /** Checked and mounted anew; nobody may have anything open on it. */
  mend(): void;
  unmount(): void;
}

const MEGABYTES = 8;

/** Undefined where nothing may be mounted. */
export function mountSmallDisk(path: string): SmallDisk | undefined {
  const image = `${path}.img`;
  const ballast = join(path, 'ballast');
  const mount = () => run('mount', '-o', 'loop,errors=remount-ro', image, path);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(image, Buffer.alloc(MEGABYTES * 1_048_576));
    run('mkfs.ext4', '-q', '-m', '0', '-O', '^has_journal', image);
    mount();
    run('chmod', '700', path);
  } catch {
    return undefined;
  }
  return {
    fill(leavingBytes) {
      const { bavail, bsize } = statfsSync(path);
      const block = Buffer.alloc(bsize, 1);
      const file = openSync(ballast, 'w');
      try {
        for (let left = bavail * bsize - leavingBytes; left >= bsize; left -= bsize) writeSync(file, block);
      } catch (error) {
        // Somebody else has taken the last block.
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      } finally {
        closeSync(file);
      }
    },
    free: () => rmSync(ballast, { force: true }),
    fail: () => writeFileSync(`/sys/fs/ext4/${basename(run('findmnt', '-no', 'SOURCE', path))}/trigger_fs_error`, '1'),
    mend() {
      run('umount', path);
      // It answers 1 when it has corrected something.
      run('sh', '-c', `e2fsck -fp ${image} >/dev/null || test $? -eq 1`);
      mount();
    },
    unmount: () => void run('umount', '-l', path),
  };
}

function run(...[program, ...words]: [string, ...string[]]): string {
  return execFileSync(program, words, { stdio: 'pipe', encoding: 'utf8' }).trim();
}
