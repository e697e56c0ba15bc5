// Arquero, the transforms. flechette is named first so that its version, which
// Arquero leaves open, resolves to one that can be installed.
import "npm:@uwdata/flechette@2.6.0";

export {
  addAggregateFunction,
  addFunction,
  collate,
  ColumnTable,
  desc,
  op,
  seed,
} from "npm:arquero@8.0.3";
