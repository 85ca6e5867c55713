using System.Text.Json;
using JobQueue.AspNetCore.Http;
using JobQueue.AspNetCore.JobService;
using JobQueue.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.Operations;

/// <summary>
/// POST /jobs/{id}/retry: does a job's work again, whatever state it is in. A dead job waits again, one that waits for its time runs now, a completed or cancelled
/// one is copied; the body may have other arguments for those that have ended.
/// </summary>
internal static class RetryJobView
{
    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.Post("/jobs/{id}/retry", "Do a job's work again", (string id, HttpContext context) => AnswerAsync(id, context, api))
            .MayTake("""{"args": {"to": "a@example.com"}}""", ApiValues.Args)
            .Says("A dead job waits again, a scheduled or retrying one runs now, a completed or cancelled one is copied: job_id is then the copy.")
            .Gives(ApiJson.Default.RetriedShape, "Operations/retried")
            .Fails(404, 409);

    private static async Task<JsonHttpResult<RetriedShape>> AnswerAsync(string id, HttpContext context, ApiServices api)
    {
        var body = await RequestBody.ReadAsync(context, api.Options.MaxBodyBytes, isOptional: true).ConfigureAwait(false);
        var job = await JobView.FindAsync(id, api, context.RequestAborted).ConfigureAwait(false);
        var args = body.OptionalJson("args");
        var answer = args.ValueKind == JsonValueKind.Undefined
            ? await RetryAsync(job, api, context.RequestAborted).ConfigureAwait(false)
            : await RetryWithAsync(job, api.Redactor.MergeArgs(job, args), api, context.RequestAborted).ConfigureAwait(false);
        return TypedResults.Json(answer, ApiJson.Default.RetriedShape);
    }

    public static async Task<RetriedShape> RetryAsync(Job job, ApiServices api, CancellationToken cancellationToken)
    {
        switch (job.State)
        {
            case JobState.Dead:
                await api.DeadLetters.RetryAsync(job.Id, cancellationToken).ConfigureAwait(false);
                return Requeued(job);
            case JobState.Completed or JobState.Cancelled:
                return Copied(await api.Jobs.CopyAsync(job.Id, configure: null, cancellationToken).ConfigureAwait(false), job);
            case JobState.Scheduled or JobState.Retrying:
                await api.Jobs.RunNowAsync(job.Id, cancellationToken).ConfigureAwait(false);
                return new RetriedShape(Success: true, job.Id.ToString(), "run_now", "The job waits for a worker.");
            default:
                throw new ApiProblemException(ApiProblem.Of(
                    StatusCodes.Status409Conflict, $"Job {job.Id} is {Words.OfStateApart(job.State)}: its work is still to be done, so there is nothing to repeat."));
        }
    }

    private static async Task<RetriedShape> RetryWithAsync(Job job, JsonElement args, ApiServices api, CancellationToken cancellationToken)
    {
        switch (job.State)
        {
            case JobState.Dead:
                await api.DeadLetters.RetryAsync(job.Id, args, cancellationToken).ConfigureAwait(false);
                return Requeued(job);
            case JobState.Completed or JobState.Cancelled:
                return Copied(await api.Jobs.CopyAsync(job.Id, args, configure: null, cancellationToken).ConfigureAwait(false), job);
            default:
                var problem = ApiProblem.Of(
                    StatusCodes.Status409Conflict,
                    $"Job {job.Id} is {Words.OfStateApart(job.State)}, and the arguments of a job change only when it has ended. Cancel it first, or retry it without 'args'.");
                throw new ApiProblemException(problem with { Field = "args" });
        }
    }

    private static RetriedShape Requeued(Job job) => new(Success: true, job.Id.ToString(), "requeued", "The job waits again.");

    private static RetriedShape Copied(JobId copy, Job job) => new(Success: true, copy.ToString(), "copied", $"Job {copy} repeats job {job.Id}, which stays as it is.");
}

/// <summary>What a retry has come to; of a copy the id is the new job's.</summary>
internal sealed record RetriedShape(bool Success, string JobId, string Action, string Message);
