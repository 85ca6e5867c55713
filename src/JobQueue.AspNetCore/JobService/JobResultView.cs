using JobQueue.AspNetCore.Http;
using JobQueue.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.JobService;

/// <summary>GET /jobs/job/{id}/result: 200 when the job has ended, 202 while it has not; <c>?wait=seconds</c> waits for its end.</summary>
internal static class JobResultView
{
    private const int MaxWaitSeconds = 30;
    private const string RetryAfterSeconds = "1";

    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.Get("/jobs/job/{id}/result", "A job's result", (string id, HttpContext context) => AnswerAsync(id, context, api))
            .Asks(new ApiValue("wait", ApiValueKind.Integer, "How many seconds to wait for the end. Default: 0.") { Least = 0, Most = MaxWaitSeconds })
            .Gives(ApiJson.Default.ResultShape, "JobService/result.completed")
            .Gives(ApiJson.Default.ResultShape, "JobService/result.delayed", status: 202)
            .Fails(404, 429);

    private static async Task<JsonHttpResult<ResultShape>> AnswerAsync(string id, HttpContext context, ApiServices api)
    {
        var wait = Query.Number(context, "wait", 0, MaxWaitSeconds) ?? 0;
        var job = await JobView.FindAsync(id, api, context.RequestAborted).ConfigureAwait(false);
        if (wait > 0 && !IsFinished(job))
        {
            await WaitAsync(job.Id, TimeSpan.FromSeconds(wait), api, context.RequestAborted).ConfigureAwait(false);
            job = await JobView.FindAsync(id, api, context.RequestAborted).ConfigureAwait(false);
        }

        var finished = IsFinished(job);
        if (!finished)
        {
            context.Response.Headers.RetryAfter = RetryAfterSeconds;
        }

        return TypedResults.Json(
            new ResultShape(job.Id.ToString(), Words.OfState(job.State), api.Redactor.Result(job), finished ? api.Redactor.Error(job, job.Error) : null),
            ApiJson.Default.ResultShape,
            statusCode: finished ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
    }

    private static async Task WaitAsync(JobId id, TimeSpan wait, ApiServices api, CancellationToken cancellationToken)
    {
        if (!await api.Waiters.WaitAsync(0, cancellationToken).ConfigureAwait(false))
        {
            throw new ApiProblemException(ApiProblem.Of(
                StatusCodes.Status429TooManyRequests, $"{api.Options.MaxWaiters} requests wait for results already. Ask again without 'wait', or let the host raise JobQueueApiOptions.MaxWaiters.")
                with
            { RetryAfter = 1 });
        }

        try
        {
            await api.Jobs.WaitForResultAsync<RawResult>(id, wait, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or JobFailedException or JobStateException or JobQueueException { ErrorId: not null } and not JobQueueUnavailableException)
        {
            // However it has ended, or that it has not, is read from the job.
        }
        finally
        {
            api.Waiters.Release();
        }
    }

    private static bool IsFinished(Job job) => job.State is JobState.Completed or JobState.Dead or JobState.Cancelled;

    /// <summary>Nothing of a result is read while it is waited for.</summary>
    private sealed record RawResult;
}

/// <summary>How a job has ended, or that it has not.</summary>
internal sealed record ResultShape(string JobId, string Status, RawJson Result, string? Error);
