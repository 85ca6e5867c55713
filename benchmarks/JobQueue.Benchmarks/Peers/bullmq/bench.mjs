// BullMQ's side of the comparison: does what it is told in lines, and answers each with a line that begins with "> ".
// As its documentation advises: one queue and one connection a process, addBulk for many jobs, concurrency 100 for jobs that
// wait for nothing, completed jobs kept as by default.
import { createInterface } from 'node:readline';
import { Queue, Worker } from 'bullmq';
import IORedis from 'ioredis';

const connection = new IORedis(process.env.REDIS_URL, { maxRetriesPerRequest: null });
const queue = new Queue('bench', { connection });
const now = () => Number(process.hrtime.bigint());
const bytes = JSON.stringify({ sent: 0, text: '' }).length;
const usual = { sent: 0, text: 'x'.repeat(100 - bytes) };
const bulkSize = 1000;
const latencies = [];

async function timed(work) {
  const began = now();
  await work();
  return (now() - began) / 1e9;
}

const add = (data) => queue.add('noop', data);

async function addMany(count) {
  for (let left = count; left > 0; left -= bulkSize) {
    await queue.addBulk(Array.from({ length: Math.min(left, bulkSize) }, () => ({ name: 'noop', data: usual })));
  }
}

async function addEach(count) {
  for (let i = 0; i < count; i++) {
    await add(usual);
  }
}

const commands = {
  bulk: (count) => timed(() => addMany(count)),
  concurrent: (count, callers) => timed(() => Promise.all(Array.from({ length: callers }, () => addEach(count / callers)))),
  async single(count) {
    const times = [];
    for (let i = 0; i < count; i++) {
      times.push((await timed(() => add(usual))) * 1e3);
    }
    return times.join(' ');
  },
  async paced(count, gap) {
    for (let i = 0; i < count; i++) {
      await add({ ...usual, sent: now() });
      await new Promise((resolve) => setTimeout(resolve, gap));
    }
    return count;
  },
  async work() {
    const worker = new Worker('bench', async ({ data }) => {
      if (data.sent !== 0) {
        latencies.push((now() - data.sent) / 1e6);
      }
    }, { connection, concurrency: 100 });
    await worker.waitUntilReady();
    return 'ready';
  },
  latencies: () => latencies.splice(0).join(' '),
};

for await (const line of createInterface({ input: process.stdin })) {
  const [name, ...numbers] = line.split(' ');
  console.log('> ' + (await commands[name](...numbers.map(Number))));
}
process.exit();
