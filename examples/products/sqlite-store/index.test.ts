import { testType } from 'trellis/product/testing';

testType('SQLite Store', { product: import.meta.dirname });
