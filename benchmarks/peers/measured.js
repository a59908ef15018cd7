// What the peers in Node.js share: a run of one of them, measured. Arguments: FOLDER OUT PERSONS RUNS. Writes OUT.json, and OUT.bin: one byte a cell,
// person by person (1 matched, 2 failed, 0 unknown).
const fs = require('fs');
const path = require('path');

const ENOUGH = 60;

exports.CRITERIA = ['age', 'sex', 'ecog', 'hemoglobin', 'creatinine', 'egfr', 'ast', 'diabetes', 'hepatitis_b', 'platinum', 'washout', 'pregnant'];

exports.persons = (folder, count) => {
  const lines = fs.readFileSync(path.join(folder, 'persons.ndjson'), 'utf8').split('\n', count);
  return lines.filter(Boolean).map(line => JSON.parse(line));
};

const median = numbers => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

const repeated = async (run, runs) => {
  const times = [];
  let result;
  while (times.length < runs && times.reduce((sum, time) => sum + time, 0) < ENOUGH) {
    const start = process.hrtime.bigint();
    result = await run();
    times.push(Number(process.hrtime.bigint() - start) / 1e9);
  }
  return [times, result];
};

// `evaluate` gives the truths of each person in the order of CRITERIA: true, false, or null.
exports.measure = async (version, load, evaluate) => {
  const [folder, out, persons, runs] = process.argv.slice(2);
  const [loads, data] = await repeated(() => load(folder, Number(persons)), Math.min(Number(runs), 3));
  const [times, truths] = await repeated(() => evaluate(data), Number(runs));
  const bytes = truths.flatMap(row => row.map(truth => (truth === null || truth === undefined ? 0 : truth ? 1 : 2)));
  fs.writeFileSync(`${out}.bin`, Buffer.from(bytes));
  fs.writeFileSync(`${out}.json`, JSON.stringify({ version, load: median(loads), evaluate: median(times), runs: times.length }));
};
