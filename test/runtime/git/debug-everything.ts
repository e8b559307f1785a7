/** Imported first, because the libraries read the variable when they are loaded. */
process.env['DEBUG'] = '*';
