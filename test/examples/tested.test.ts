// The tests of the example, as its own `npm test` runs them.
import '../../examples/tested/shop.test';
