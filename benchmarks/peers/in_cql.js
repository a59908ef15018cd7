// CQL (cql-execution): a library of one definition a criterion, written as ELM; null is unknown.
const cql = require('cql-execution');
const { CRITERIA, measure, persons } = require('./measured.js');

const SIMPLE = '{https://github.com/cqframework/cql-execution/simple}';
const literal = (type, value) => ({ type: 'Literal', valueType: `{urn:hl7-org:elm-types:r1}${type}`, value: String(value) });
const integer = value => literal('Integer', value);
const decimal = value => literal('Decimal', value);
const of = path => ({ type: 'Property', path, source: { type: 'ExpressionRef', name: 'Patient' } });
const operation = (type, ...operand) => ({ type, operand });
const not = operand => ({ type: 'Not', operand });
const female = operation('Equal', of('sex'), literal('String', 'female'));

const RULES = [
  operation('And', operation('GreaterOrEqual', of('age'), integer(18)), operation('LessOrEqual', of('age'), integer(75))),
  female,
  operation('LessOrEqual', of('ecog'), integer(1)),
  operation('GreaterOrEqual', of('hemoglobin'), decimal(9)),
  operation('LessOrEqual', of('creatinine'), decimal(1.5)),
  operation('GreaterOrEqual', of('egfr'), decimal(60)),
  operation('LessOrEqual', of('ast'), operation('Multiply', decimal(2.5), of('ast_uln'))),
  not(of('diabetes')),
  not(of('hepatitis_b')),
  not(of('platinum')),
  operation('Greater', of('chemotherapy_days'), integer(28)),
  not(operation('And', female, of('pregnant'))),
];

const definition = (name, expression) => ({ name, context: 'Patient', accessLevel: 'Public', expression });
const patient = definition('Patient', { type: 'SingletonFrom', operand: { dataType: `${SIMPLE}Patient`, type: 'Retrieve' } });
const library = new cql.Library({
  library: {
    identifier: { id: 'Twelve', version: '1' },
    schemaIdentifier: { id: 'urn:hl7-org:elm', version: 'r1' },
    usings: { def: [{ localIdentifier: 'System', uri: 'urn:hl7-org:elm-types:r1' }, { localIdentifier: 'Simple', uri: SIMPLE.slice(1, -1) }] },
    statements: { def: [patient, ...RULES.map((rule, place) => definition(CRITERIA[place], rule))] },
  },
});
const executor = new cql.Executor(library);

const load = (folder, count) => persons(folder, count).map(person => ({ ...person, id: person.person, recordType: 'Patient' }));

const evaluate = async data => {
  const found = await executor.exec(new cql.PatientSource([...data]));
  return data.map(person => CRITERIA.map(name => found.patientResults[person.id][name]));
};

measure(`cql-execution ${require('cql-execution/package.json').version}`, load, evaluate);
