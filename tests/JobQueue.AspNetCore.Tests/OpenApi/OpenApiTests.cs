using System.Text.Json;
using JobQueue.AspNetCore.OpenApi;
using JobQueue.AspNetCore.Tests.Infrastructure;
using JobQueue.Core.Tests.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace JobQueue.AspNetCore.Tests.OpenApi;

/// <summary>The OpenAPI document of a host that maps the API.</summary>
public sealed class OpenApiTests(TestServer server)
{
    private static readonly string[] Methods = ["GET", "POST", "PUT", "DELETE"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_document_is_valid_and_as_it_was()
    {
        await using var host = await StartAsync();
        var response = await host.Client.GetAsync(new Uri("/openapi/v1.json", UriKind.Relative), Token);
        response.IsSuccessStatusCode.Should().BeTrue("{0}", string.Join("\n", host.Faults.All));
        var text = await response.Content.ReadAsStringAsync(Token);

        var read = OpenApiDocument.Parse(text, OpenApiConstants.Json);

        read.Diagnostic!.Errors.Should().BeEmpty();
        read.Document!.Paths.Should().NotBeEmpty();
        var address = host.Client.BaseAddress!.ToString();
        Golden.Verify(text.Replace(address, "http://localhost/", StringComparison.Ordinal).ReplaceLineEndings("\n") + "\n", "openapi.golden.json");
    }

    [Fact]
    public async Task No_endpoint_is_missing_from_it()
    {
        await using var host = await StartAsync();
        var document = await ReadAsync(host);
        var mapped = host.Endpoints
            .Where(static endpoint => endpoint.Metadata.GetMetadata<EndpointDescription>() is not null)
            .Select(static endpoint => $"{endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0]} {endpoint.RoutePattern.RawText}")
            .ToList();

        mapped.Should().HaveCountGreaterThan(55);
        document.GetProperty("paths").EnumerateObject()
            .SelectMany(static path => path.Value.EnumerateObject().Select(operation => $"{operation.Name.ToUpperInvariant()} {path.Name}"))
            .Should().BeEquivalentTo(mapped);
        host.Endpoints.Where(static endpoint => endpoint.RoutePattern.RawText!.StartsWith(ApiHost.Base, StringComparison.Ordinal))
            .Where(static endpoint => endpoint.Metadata.GetMetadata<EndpointDescription>() is null)
            .Should().OnlyContain(static endpoint => endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() != null, "only what answers 404 and 405 is not described");
    }

    [Fact]
    public async Task Each_endpoint_has_a_summary_an_example_of_each_answer_and_every_error()
    {
        await using var host = await StartAsync();
        var document = await ReadAsync(host);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var (method, operation) in path.Value.EnumerateObject().Select(static operation => (operation.Name, operation.Value)))
            {
                var name = $"{method} {path.Name}";
                operation.GetProperty("summary").GetString().Should().NotBeNullOrEmpty(name);
                operation.GetProperty("tags").GetArrayLength().Should().Be(1, name);
                ids.Add(operation.GetProperty("operationId").GetString()!).Should().BeTrue($"{name} has an id of its own");
                CheckAnswers(name, operation.GetProperty("responses"));
                CheckBody(name, operation);
            }
        }
    }

    [Fact]
    public async Task The_examples_are_answers_of_a_running_host()
        => Golden.VerifyPage(await Examples.ReadAsync(Token), "src", "JobQueue.AspNetCore", "OpenApi", "examples.json");

    [Fact]
    public async Task Each_member_that_is_described_is_read()
    {
        await using var host = await StartAsync();
        foreach (var endpoint in host.Endpoints)
        {
            if (endpoint.Metadata.GetMetadata<EndpointDescription>() is not { Body: { IsMany: false } body } description || description.Pattern.Contains('{', StringComparison.Ordinal))
            {
                continue;
            }

            foreach (var member in body.Members.Where(static member => member.Kind != ApiValueKind.Json))
            {
                await CheckIsReadAsync(host, description, body, member);
            }
        }
    }

    [Fact]
    public async Task A_read_only_api_describes_no_endpoint_that_changes_something()
    {
        await using var host = await StartAsync(static api => api.ReadOnly = true);

        (await ReadAsync(host)).GetProperty("paths").EnumerateObject().SelectMany(static path => path.Value.EnumerateObject().Select(operation => $"{operation.Name} {path.Name}"))
            .Where(static name => !name.StartsWith("get ", StringComparison.Ordinal)).Should().Equal("post /api/v1/schedules/preview");
    }

    private static void CheckAnswers(string name, JsonElement answers)
    {
        var successes = 0;
        foreach (var (status, answer) in answers.EnumerateObject().Select(static answer => (answer.Name, answer.Value)))
        {
            var content = answer.GetProperty("content").EnumerateObject().Single();
            content.Value.TryGetProperty("schema", out _).Should().BeTrue($"{name} has a schema for {status}");
            content.Value.TryGetProperty("example", out _).Should().BeTrue($"{name} has an example for {status}");
            successes += status[0] == '2' ? 1 : 0;
        }

        successes.Should().BePositive(name);
        answers.EnumerateObject().Select(static answer => answer.Name).Should().Contain(["401", "403", "503"], name);
        if (name.Contains("{id}", StringComparison.Ordinal) || (name.Contains("{name}", StringComparison.Ordinal) && !name.Contains("/queues/", StringComparison.Ordinal)))
        {
            answers.TryGetProperty("404", out _).Should().BeTrue($"{name} may find nothing");
        }
    }

    private static void CheckBody(string name, JsonElement operation)
    {
        if (operation.TryGetProperty("requestBody", out var body))
        {
            body.GetProperty("content").GetProperty("application/json").TryGetProperty("example", out _).Should().BeTrue($"{name} has an example of its body");
            operation.GetProperty("responses").EnumerateObject().Select(static answer => answer.Name).Should().Contain(["400", "413", "415", "422"], name);
        }
    }

    /// <summary>A member of the wrong type is refused by name, so the endpoint reads it.</summary>
    private static async Task CheckIsReadAsync(ApiHost host, EndpointDescription endpoint, DescribedBody body, ApiValue member)
    {
        var json = System.Text.Json.Nodes.JsonNode.Parse(body.Example)!.AsObject();
        json[member.Name] = member.Kind is ApiValueKind.Text or ApiValueKind.Time or ApiValueKind.Object ? 7 : "x";
        if (endpoint.Pattern == "/bulk" && member.Name is "ids" or "all")
        {
            json.Remove("filter");
        }

        if (ApiValues.Timetable.Any(value => value.Name == member.Name))
        {
            json["schedule_type"] = member.Name switch { "interval_seconds" => "interval", "run_at" => "once", _ => "cron" };
            foreach (var other in ApiValues.Timetable.Where(value => value.Name != member.Name && !(member.Name == "time_zone" && value.Name == "cron_expression")))
            {
                json.Remove(other.Name);
            }
        }

        var problem = await host.PostAsync(endpoint.Pattern, json, 422);

        problem.GetProperty("field").GetString().Should().Be(member.Name, $"{endpoint.Pattern} reads it");
    }

    private static async Task<JsonElement> ReadAsync(ApiHost host)
        => JsonSerializer.Deserialize<JsonElement>(await host.Client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative), Token));

    private Task<ApiHost> StartAsync(Action<JobQueueApiOptions>? api = null) => ApiHost.StartAsync(
        server, options => api?.Invoke(options), static queue => queue.RunWorkers = false, static services => services.AddOpenApi(), pipeline: static app => app.MapOpenApi());
}
