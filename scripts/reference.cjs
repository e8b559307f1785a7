// `npm run reference`: renews docs/reference from the schemas, the command and the docstrings of the constructs.
require('./typescript.cjs');
require('./reference/write.ts');
