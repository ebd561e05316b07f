<?php

declare(strict_types=1);

header('Content-Type: text/plain; charset=utf-8');

$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);

echo match ($path) {
    '/' => 'Hello from PHP ' . PHP_VERSION . ' on ' . gethostname() . "\n",
    '/healthz' => "ok\n",
    default => notFound($path),
};

function notFound(string $path): string
{
    http_response_code(404);
    return "nothing at $path\n";
}
