using System.Globalization;
using JobQueue.AspNetCore.Http;
using Microsoft.OpenApi;

namespace JobQueue.AspNetCore.OpenApi;

/// <summary>Writes an endpoint's description into its operation of the OpenAPI document.</summary>
internal static class OperationWriter
{
    private const string Json = "application/json";
    private const string Problem = "application/problem+json";
    private const string Events = "text/event-stream";

    public static void Write(OpenApiOperation operation, EndpointDescription endpoint, OpenApiDocument document)
    {
        operation.Summary = endpoint.Summary;
        operation.Description = endpoint.Text;
        operation.Tags = new HashSet<OpenApiTagReference> { Tag(endpoint.Tag, document) };
        operation.OperationId = IdOf(endpoint);
        operation.Parameters = [.. Parameters(endpoint)];
        operation.RequestBody = endpoint.Body is { } body ? ToBody(body) : null;
        operation.Responses = [];
        foreach (var answer in endpoint.Answers)
        {
            operation.Responses[answer.Status.ToString(CultureInfo.InvariantCulture)] = ToResponse(answer, document);
        }

        foreach (var status in endpoint.Errors)
        {
            operation.Responses.TryAdd(status.ToString(CultureInfo.InvariantCulture), ToError(status, document));
        }
    }

    private static OpenApiTagReference Tag(string name, OpenApiDocument document)
    {
        document.Tags ??= new HashSet<OpenApiTag>();
        if (!document.Tags.Any(tag => tag.Name == name))
        {
            document.Tags.Add(new OpenApiTag { Name = name });
        }

        return new OpenApiTagReference(name, document);
    }

    /// <summary>Such as <c>post_jobs_id_retry</c>.</summary>
    private static string IdOf(EndpointDescription endpoint)
        => endpoint.Method.ToLowerInvariant() + endpoint.Pattern.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal).Replace('/', '_').Replace('-', '_');

    private static IEnumerable<IOpenApiParameter> Parameters(EndpointDescription endpoint)
    {
        foreach (var part in endpoint.Pattern.Split('/'))
        {
            if (part.StartsWith('{'))
            {
                yield return ToParameter(ApiValues.InPath(part[1..^1]), ParameterLocation.Path);
            }
        }

        foreach (var query in endpoint.Queries)
        {
            yield return ToParameter(query, ParameterLocation.Query);
        }

        if (endpoint.IsRepeatable)
        {
            yield return ToParameter(
                new ApiValue("Idempotency-Key", ApiValueKind.Text, "A text of up to 255 characters of the caller's choice: a repeat with the same key and body answers with the same job."),
                ParameterLocation.Header);
        }
    }

    private static OpenApiParameter ToParameter(ApiValue value, ParameterLocation place)
    {
        var schema = value.ToSchema();
        schema.Description = null;
        return new OpenApiParameter { Name = value.Name, In = place, Required = place == ParameterLocation.Path || value.IsRequired, Description = value.Description, Schema = schema };
    }

    private static OpenApiRequestBody ToBody(DescribedBody body)
    {
        var schema = ApiValue.Describe(new OpenApiSchema(), body.Members);
        return new OpenApiRequestBody
        {
            Required = body.IsRequired,
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [Json] = new OpenApiMediaType
                {
                    Schema = body.IsMany ? new OpenApiSchema { Type = JsonSchemaType.Array, Items = schema } : schema,
                    Example = ApiExamples.Find(body.Example),
                },
            },
        };
    }

    private static OpenApiResponse ToResponse(DescribedAnswer answer, OpenApiDocument document)
    {
        var description = answer.Status switch
        {
            201 => "Done; something new is there.",
            202 => "Not yet; ask again after Retry-After.",
            _ => "Done.",
        };
        if (answer.Type is null)
        {
            var stream = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String }, Example = answer.Example };
            return new OpenApiResponse { Description = "A stream of server-sent events.", Content = new Dictionary<string, OpenApiMediaType> { [Events] = stream } };
        }

        var shape = ApiSchemas.Reference(answer.Type, document);
        var content = new OpenApiMediaType
        {
            Schema = answer.IsMany ? new OpenApiSchema { Type = JsonSchemaType.Array, Items = shape } : shape,
            Example = ApiExamples.Find(answer.Example),
        };
        return new OpenApiResponse { Description = description, Content = new Dictionary<string, OpenApiMediaType> { [Json] = content } };
    }

    private static OpenApiResponse ToError(int status, OpenApiDocument document)
    {
        var (description, example) = ApiErrors.Describe(status);
        var content = new OpenApiMediaType { Schema = ApiSchemas.Reference(ApiJson.Default.ApiProblem, document), Example = example };
        return new OpenApiResponse { Description = description, Content = new Dictionary<string, OpenApiMediaType> { [Problem] = content } };
    }
}
