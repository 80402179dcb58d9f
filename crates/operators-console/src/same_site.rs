//! Keeps other sites' pages from using an operator's browser: the port has no login, and a browser reaches it.
//!
//! A page of another site can send some requests without asking first. So whatever changes something must be declared as
//! JSON, which a browser sends to another site only if that permits it, and this port permits none. Besides, browsers
//! say where a request comes from.

use axum::{
    extract::Request,
    http::{HeaderMap, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::problem::Problem;

/// Refuses requests that change something and may come from another site.
pub(crate) async fn only(request: Request, next: Next) -> Response {
    if !request.method().is_safe()
        && let Err(problem) = check(request.headers())
    {
        return problem.into_response();
    }
    next.run(request).await
}

fn check(headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    if text("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return Err(Problem::CrossSite);
    }
    if let Some(origin) = text(header::ORIGIN.as_str()) {
        let host = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        if host.is_none() || host != text(header::HOST.as_str()) {
            return Err(Problem::CrossSite);
        }
    }
    let content_type = text(header::CONTENT_TYPE.as_str()).and_then(|value| value.split(';').next());
    match content_type {
        Some(essence) if essence.trim().eq_ignore_ascii_case("application/json") => Ok(()),
        _ => Err(Problem::NotJson),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn code(headers: &[(&'static str, &'static str)]) -> &'static str {
        let headers =
            headers.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)));
        check(&headers.collect()).map_or_else(|problem| problem.notice().0, |()| "ok")
    }

    #[test]
    fn only_this_port_s_page_and_clients_without_a_browser_may_change_something() {
        let json = ("content-type", "application/json; charset=utf-8");
        let host = ("host", "localhost:9090");
        assert_eq!(code(&[json, host]), "ok");
        assert_eq!(code(&[json, host, ("origin", "http://localhost:9090")]), "ok");
        for (name, value) in [
            ("origin", "http://evil.example"),
            ("origin", "http://localhost:8080"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            assert_eq!(code(&[json, host, (name, value)]), "cross_site", "{name}: {value}");
        }
        for site in ["same-origin", "none"] {
            assert_eq!(code(&[json, host, ("sec-fetch-site", site)]), "ok");
        }
        assert_eq!(code(&[host]), "unsupported_media_type");
        assert_eq!(code(&[host, ("content-type", "text/plain")]), "unsupported_media_type");
    }
}
