import { hostname } from "node:os";
import express from "express";

const app = express();
app.disable("x-powered-by");

app.get("/", (request, response) => {
  response.type("text").send(`Hello from ${hostname()}\n`);
});

app.get("/healthz", (request, response) => {
  response.json({ status: "ok" });
});

const port = Number(process.env.PORT ?? 8080);
const server = app.listen(port, () => console.log(`listening on ${port}`));

process.on("SIGTERM", () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
