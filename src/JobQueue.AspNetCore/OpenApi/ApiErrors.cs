using System.Text.Json.Nodes;
using JobQueue.AspNetCore.Http;

namespace JobQueue.AspNetCore.OpenApi;

/// <summary>What each status of an error means, and an example of its problem.</summary>
internal static class ApiErrors
{
    public static (string Description, JsonNode Example) Describe(int status)
    {
        var (description, detail, field) = status switch
        {
            400 => ("The body is no JSON.", "The body is no JSON, or deeper than 64 levels: it ends too early.", null),
            401 => ("The host wants to know who calls; its answer has a form of its own.", "Say who you are.", null),
            403 => ("The caller may not do this, or a page of another site has sent it.", "The API serves this machine alone until the host says who may call.", null),
            404 => ("There is no such thing.", "There is no job 019b5c1e7a3c7f0ab1d2c3e4f5a6b700: it was never enqueued, was deleted, or its retention is over.", null),
            408 => ("The body did not come in time.", "The body did not come in time.", null),
            409 => ("Its state forbids it.", "Job 019b5c1e7a3c7f0ab1d2c3e4f5a6b700 can't be cancelled, because it is Completed.", null),
            413 => ("The body is too large.", "The body is larger than 1048576 bytes.", null),
            415 => ("The body is not JSON by its Content-Type.", "The body is 'text/plain'. Send JSON, with Content-Type: application/json.", null),
            422 => ("A member or parameter is missing, unknown or out of range; 'field' names it.", "'name' is missing. It must be a text that is not empty.", "name"),
            429 => ("Too many wait or listen; ask again after Retry-After.", "100 requests wait for results already.", null),
            503 => ("Redis does not answer; ask again after Retry-After.", "Redis did not answer within 5 s.", (string?)null),
            _ => throw new ArgumentOutOfRangeException(nameof(status), status, "An error that is not described."),
        };
        var example = new JsonObject { ["title"] = ApiProblem.Of(status, detail).Title, ["status"] = status, ["detail"] = detail };
        if (field is not null)
        {
            example["field"] = field;
        }

        return (description, example);
    }
}
