// Arquero as a whole, for drivers of the user's.
import "npm:@uwdata/flechette@2.6.0";

export * from "npm:arquero@8.0.3";
