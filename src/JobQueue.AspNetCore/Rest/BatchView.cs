using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using JobQueue.AspNetCore.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.Rest;

/// <summary>
/// POST /jobs/batch: creates up to 10,000 jobs. All are checked before the first is stored. With an <c>Idempotency-Key</c> the ids follow from the key and the
/// place in the array, so that a repeat stores what an earlier call did not come to.
/// </summary>
internal static class BatchView
{
    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.Post("/jobs/batch", "Create many jobs", (HttpContext context) => AnswerAsync(context, api))
            .TakesMany("""[{"job_type": "send_email", "payload": {"to": "a@example.com"}}, {"job_type": "send_email", "payload": {"to": "b@example.com"}}]""", CreateJobView.Members)
            .Repeats()
            .Says("All are checked before the first is stored, and stored in parts of 500.")
            .Gives(ApiJson.Default.BatchShape, """{"job_ids": ["019b5c1e7a3c7f0ab1d2c3e4f5a6b700", "019b5c1e7a3c7f0ab1d2c3e4f5a6b701"]}""", status: 201)
            .Fails(409);

    private static async Task<JsonHttpResult<BatchShape>> AnswerAsync(HttpContext context, ApiServices api)
    {
        var body = await RequestBody.ReadElementAsync(context, api.Options.MaxBatchBytes).ConfigureAwait(false);
        if (body.ValueKind != JsonValueKind.Array || body.GetArrayLength() > api.Options.MaxBatchJobs)
        {
            throw new ApiProblemException(ApiProblem.Of(
                StatusCodes.Status422UnprocessableEntity, $"The body must be an array of at most {api.Options.MaxBatchJobs} jobs."));
        }

        var key = KeyedEnqueue.KeyOf(context);
        var hash = key is null ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body.GetRawText())));
        var requests = new List<JobRequest>(body.GetArrayLength());
        foreach (var json in body.EnumerateArray())
        {
            requests.Add(await ReadAsync(json, requests.Count, key, hash, api, context.RequestAborted).ConfigureAwait(false));
        }

        var ids = await StoreAsync(requests, key, hash, api, context.RequestAborted).ConfigureAwait(false);
        return TypedResults.Json(new BatchShape([.. ids.Select(static id => id.ToString())]), ApiJson.Default.BatchShape, statusCode: StatusCodes.Status201Created);
    }

    private static async ValueTask<JobRequest> ReadAsync(
        JsonElement json, int position, string? key, string? hash, ApiServices api, CancellationToken cancellationToken)
    {
        try
        {
            if (json.ValueKind != JsonValueKind.Object)
            {
                throw new ApiProblemException(ApiProblem.Of(StatusCodes.Status422UnprocessableEntity, "It must be a JSON object."));
            }

            var (name, args, configure) = CreateJobView.Read(new RequestBody(json), api.Time);
            if (!api.Options.AllowUnknownHandlers)
            {
                await api.Handlers.CheckAsync(name, "job_type", cancellationToken).ConfigureAwait(false);
            }

            var request = args.ValueKind == JsonValueKind.Undefined ? new JobRequest(name) : new JobRequest(name, args);
            configure(request.Options);
            if (key is not null)
            {
                request.Options.Id = KeyedEnqueue.IdOf($"{key}#{position}");
                request.Options.RequestHash = hash;
            }

            return request;
        }
        catch (ApiProblemException e)
        {
            throw new ApiProblemException(e.Problem with { Detail = $"Job {position} of the array: {e.Problem.Detail}" });
        }
    }

    private static async Task<IReadOnlyList<JobId>> StoreAsync(
        List<JobRequest> requests, string? key, string? hash, ApiServices api, CancellationToken cancellationToken)
    {
        try
        {
            return await api.Jobs.EnqueueManyAsync(requests, cancellationToken).ConfigureAwait(false);
        }
        catch (DuplicateJobException e) when (key is not null)
        {
            var earlier = await api.Jobs.GetAsync(e.JobIds[0], cancellationToken).ConfigureAwait(false);
            return earlier is null || earlier.RequestHash == hash
                ? [.. requests.Select(static request => request.Options.Id!.Value)]
                : throw KeyedEnqueue.UsedOtherwise(key);
        }
    }
}

/// <summary>The jobs of a batch, in its order.</summary>
internal sealed record BatchShape(IReadOnlyList<string> JobIds);
