import { testType } from 'trellis/product/testing';

testType('Redirect', {
  product: import.meta.dirname,
  good: { target: ['/', '/news?page=2', 'https://example.org/'] },
  bad: { target: ['news', '//evil.example', 'javascript:alert(1)', '/zoo/redirect'] },
});
