// Answers what feelin makes of expressions: one JSON request a line in, one JSON answer a line out.
import { createInterface } from 'node:readline';
import { evaluate, unaryTest } from 'feelin';

for await (const line of createInterface({ input: process.stdin })) {
  const { text, data, cell } = JSON.parse(line);
  let answer;
  try {
    const { value } = cell ? unaryTest(text, data) : evaluate(text, data);
    answer = { value: plain(value) };
  } catch (error) {
    answer = { refused: String(error.message).slice(0, 200) };
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
}

// JSON has no undefined, NaN or ranges; they must not pass for null.
function plain(value) {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number') return Number.isFinite(value) ? value : { odd: String(value) };
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(plain);
  if (Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
  }
  return { odd: value.constructor?.name ?? typeof value };
}
