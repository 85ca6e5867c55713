using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Core.Tests.PublicApi;

namespace JobQueue.AspNetCore.Tests.PublicApi;

/// <summary>What users can see changes on purpose only; see the tests of Core's public API.</summary>
public sealed class AspNetCoreApiTests
{
    [Fact]
    public void The_public_api_of_AspNetCore_is_as_it_was() => Golden.Verify(PublicApiText.Of(typeof(JobQueueApiOptions).Assembly), "JobQueue.AspNetCore.golden.txt");
}
