// The Supabase client: createClient and the types that drivers name.
export { createClient } from "npm:@supabase/supabase-js@2.119.1";
export type {
  SupabaseClient,
  SupabaseClientOptions,
} from "npm:@supabase/supabase-js@2.119.1";
