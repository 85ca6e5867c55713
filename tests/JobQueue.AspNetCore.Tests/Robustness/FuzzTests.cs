using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using JobQueue.AspNetCore.Tests.Infrastructure;
using JobQueue.Core.Tests.Infrastructure;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace JobQueue.AspNetCore.Tests.Robustness;

/// <summary>
/// 10,000 requests over all endpoints that the host has mapped, with right and wrong paths, queries, headers and bodies: no answer is a fault of the host, and each
/// error says what is wrong. <c>JOBQUEUE_FUZZ_SEED</c> and <c>JOBQUEUE_FUZZ_CASES</c> set the seed and the number.
/// </summary>
public sealed class FuzzTests(TestServer server)
{
    private const int DefaultSeed = 20_260_131;
    private const int DefaultCases = 10_000;
    private const int AtOnce = 16;
    private const int MostShown = 20;

    [Fact]
    public async Task No_request_is_answered_as_a_fault_of_the_host_and_each_error_says_why()
    {
        var (seed, cases) = (Setting("JOBQUEUE_FUZZ_SEED", DefaultSeed), Setting("JOBQUEUE_FUZZ_CASES", DefaultCases));
        await using var host = await ApiHost.StartAsync(server, static api => (api.MaxBodyBytes, api.MaxBatchBytes, api.MaxBatchJobs) = (8_192, 8_192, 50));
        var endpoints = host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();
        endpoints.Should().HaveCountGreaterThan(40);
        var ids = await SeedAsync(host);
        var (faults, seen) = (new ConcurrentQueue<string>(), new ConcurrentDictionary<int, int>());

        await Parallel.ForEachAsync(
            Enumerable.Range(0, cases),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = TestContext.Current.CancellationToken },
            async (number, token) =>
            {
                var request = FuzzRequest.Make(seed, number, endpoints, ids);
                var (status, fault) = await SendAsync(host, request, token);
                seen.AddOrUpdate(status, 1, static (_, count) => count + 1);
                if (fault is not null)
                {
                    faults.Enqueue($"case {number} of seed {seed}: {fault}\n{request}");
                }
            });

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"seed {seed}, {cases} cases over {endpoints.Count} endpoints: {string.Join(", ", seen.OrderBy(static pair => pair.Key).Select(static pair => $"{pair.Key}: {pair.Value}"))}");
        faults.Take(MostShown).Should().BeEmpty($"seed {seed}; {faults.Count} of {cases} are wrong");
        host.Faults.All.Should().BeEmpty($"seed {seed}");
        seen.Keys.Should().Contain([200, 201, 404, 405, 422], "the cases reach the views");
        await host.GetAsync("/health");
    }

    private static async Task<(int Status, string? Fault)> SendAsync(ApiHost host, FuzzRequest request, CancellationToken token)
    {
        HttpRequestMessage message;
        try
        {
            message = request.ToMessage(host.Client.BaseAddress!);
        }
        catch (Exception e) when (e is UriFormatException or FormatException)
        {
            return (0, null); // No client sends this.
        }

        using (message)
        {
            try
            {
                using var response = await host.Client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, token);
                return ((int)response.StatusCode, await FindFaultAsync(request, response, token));
            }
            catch (HttpRequestException e) when (e.InnerException is FormatException or ArgumentException || e.HttpRequestError == HttpRequestError.Unknown)
            {
                return (0, null); // A header that no client sends.
            }
            catch (HttpRequestException e)
            {
                return (0, $"the connection has ended: {e.HttpRequestError} {e.Message}");
            }
        }
    }

    private static async Task<string?> FindFaultAsync(FuzzRequest request, HttpResponseMessage response, CancellationToken token)
    {
        var status = (int)response.StatusCode;
        var type = response.Content.Headers.ContentType?.MediaType;
        if (type == "text/event-stream" || request.Method == "HEAD")
        {
            return status >= 500 ? $"the answer is {status}" : null;
        }

        var text = await response.Content.ReadAsStringAsync(token);
        if (status >= 500)
        {
            return $"the answer is {status}: {text}";
        }

        if (status < 400)
        {
            return type == "application/json" && !IsJson(text, out _) ? $"the answer is {status} and no JSON: {text}" : null;
        }

        return (request.IsForTheServer && text.Length == 0) || (type == "application/problem+json" && IsJson(text, out var problem) && problem.TryGetProperty("detail", out var detail) && detail.GetString() is { Length: > 0 })
            ? null
            : $"the answer is {status} and no problem with a detail, but {type}: {text}";
    }

    private static bool IsJson(string text, out JsonElement json)
    {
        try
        {
            json = JsonSerializer.Deserialize<JsonElement>(text);
            return true;
        }
        catch (JsonException)
        {
            json = default;
            return false;
        }
    }

    /// <summary>Jobs in every state.</summary>
    private static async Task<IReadOnlyList<string>> SeedAsync(ApiHost host)
    {
        var ids = new List<string>();
        foreach (var body in new object[] { new { name = "echo" }, new { name = "fail" }, new { name = "hold" }, new { name = "echo", delay_seconds = 3600 }, new { name = "echo", delay_seconds = 3600 } })
        {
            ids.Add((await host.PostAsync("/jobs/enqueue", body, 201)).GetProperty("job_id").GetString()!);
        }

        await host.PostAsync($"/jobs/job/{ids[^1]}/cancel");
        await host.PostAsync("/jobs/scheduled/register", new { name = "nightly", job_name = "echo", schedule_type = "cron", cron_expression = "0 3 * * *" }, 201);
        await host.UntilAsync(ids[0], "completed");
        await host.UntilAsync(ids[1], "failed");
        return ids;
    }

    private static int Setting(string name, int otherwise)
        => int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
