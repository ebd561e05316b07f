"""A to-do list in memory, to show typed requests and answers."""

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field

app = FastAPI(title="To-do")


class Task(BaseModel):
    text: str = Field(min_length=1, max_length=200)
    done: bool = False


tasks: dict[int, Task] = {}


@app.get("/")
def everything() -> dict[int, Task]:
    return tasks


@app.post("/", status_code=201)
def add(task: Task) -> int:
    number = len(tasks) + 1
    tasks[number] = task
    return number


@app.post("/{number}/done")
def finish(number: int) -> Task:
    if number not in tasks:
        raise HTTPException(404, "no such task")
    tasks[number].done = True
    return tasks[number]


@app.get("/healthz")
def health() -> dict[str, str]:
    return {"status": "ok"}
