// Programs that run beside a test, on ports that are free at the moment.
import { type ChildProcess, spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';

export function freePort(): Promise<number> {
  return new Promise((found) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => found(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Starts a program and waits until it listens at the port; what it complains of is in the test's output. */
export async function start(command: string, args: string[], port: number, { input = '', environment = {} } = {}): Promise<ChildProcess> {
  const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'inherit'], env: { ...process.env, ...environment } });
  child.stdin.end(input);
  for (let attempt = 0; attempt < 300; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode}`);
    if (await listens(port)) return child;
    await new Promise((passed) => setTimeout(passed, 50));
  }
  throw new Error(`${command} does not listen`);
}

function listens(port: number): Promise<boolean> {
  return new Promise((known) => {
    const socket = connect(port, '127.0.0.1', () => known(true)).on('error', () => known(false));
    socket.on('connect', () => socket.destroy());
  });
}

export async function stop(child: ChildProcess | undefined) {
  if (!child || child.exitCode !== null) return;
  const ended = new Promise((over) => child.once('exit', over));
  child.kill('SIGTERM');
  await ended;
}
