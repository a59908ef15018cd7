// JSON-logic (json-logic-js): a rule a criterion over an object a person; what is missing is null, which compares as JavaScript compares it.
const logic = require('json-logic-js');
const { measure, persons } = require('./measured.js');

const of = name => ({ var: name });
const RULES = [
  { '<=': [18, of('age'), 75] },
  { '==': [of('sex'), 'female'] },
  { '<=': [of('ecog'), 1] },
  { '>=': [of('hemoglobin'), 9] },
  { '<=': [of('creatinine'), 1.5] },
  { '>=': [of('egfr'), 60] },
  { '<=': [of('ast'), { '*': [2.5, of('ast_uln')] }] },
  { '!': of('diabetes') },
  { '!': of('hepatitis_b') },
  { '!': of('platinum') },
  { '!': { and: [{ '!=': [of('chemotherapy_days'), null] }, { '<=': [of('chemotherapy_days'), 28] }] } },
  { '!': { and: [{ '==': [of('sex'), 'female'] }, of('pregnant')] } },
];

const evaluate = data => data.map(person => RULES.map(rule => Boolean(logic.apply(rule, person))));

measure(`json-logic-js ${require('json-logic-js/package.json').version}`, persons, evaluate);
