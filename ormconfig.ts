/** The DataSource of the typeorm command line (`npm run typeorm -- migration:show`), from DATABASE_URL. */
import { DataSource } from 'typeorm';
import { dataSourceOptions } from './src/database/data-source.js';

const url = process.env.DATABASE_URL;
if (!url) throw new Error('DATABASE_URL is not set: the typeorm command line works on a database that already runs');

export default new DataSource({ ...dataSourceOptions(url), logger: 'advanced-console' });
