/** CSV for commands: reports and exports. */
export { type Cell as CsvCell, csvText } from '../../adapters/render/csv.ts';
