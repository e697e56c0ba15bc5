throw new Error("broken\nforged line");
