// flechette's own builders, reader and writer, and Arquero's reader: what our Arrow views are held against.
export {
  columnFromArray,
  decimal as arrowDecimal,
  dictionary,
  tableFromColumns,
  tableFromIPC,
  tableToIPC,
  timestamp,
  utf8,
} from "npm:@uwdata/flechette@2.6.0";
export { fromArrow } from "npm:arquero@8.0.3";
