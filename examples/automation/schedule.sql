-- In the SQL editor of the project: pg_cron calls, pg_net carries, vault keeps the token.
select cron.schedule('nightly-orders', '17 3 * * *', $$
  select net.http_post(
    url := 'https://etl.example.org/',
    headers := jsonb_build_object('Authorization', 'Bearer ' || (
      select decrypted_secret from vault.decrypted_secrets where name = 'webhook_token'
    )),
    timeout_milliseconds := 600000
  );
$$);
